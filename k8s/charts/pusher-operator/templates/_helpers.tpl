{{- define "pusher-operator.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "pusher-operator.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (include "pusher-operator.name" .) -}}
{{- end -}}

{{- define "pusher-operator.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "pusher-operator.labels" -}}
{{ include "pusher-operator.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: preservarium-pusher
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* What serving DeviceCommands takes: reading them, the finalizer, the status, the end of their time to live, and Events. */}}
{{- define "pusher-operator.rules" -}}
- apiGroups: [pusher.preservarium.io]
  resources: [devicecommands]
  verbs: [get, list, watch, patch, delete]
- apiGroups: [pusher.preservarium.io]
  resources: [devicecommands/status]
  verbs: [patch]
- apiGroups: [""]
  resources: [events]
  verbs: [create]
{{- end -}}

{{/* Where ConfigMaps are taken as parser scripts, as YAML: the release's namespace unless others are named. */}}
{{- define "pusher-operator.scriptNamespaces" -}}
{{- toYaml (.Values.parserScripts.namespaces | default (list .Release.Namespace)) -}}
{{- end -}}

{{/* What taking parser scripts takes: reading ConfigMaps, our annotation and finalizer on them, and Events. */}}
{{- define "pusher-operator.scriptRules" -}}
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get, list, watch, patch]
- apiGroups: [""]
  resources: [events]
  verbs: [create]
{{- end -}}
