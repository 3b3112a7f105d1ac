package io.preservarium.pusher.operator.parser;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.preservarium.pusher.operator.installation.OperatorConfig;
import java.util.Optional;
import java.util.Set;

/** Where labelled ConfigMaps are taken as parser scripts: in the namespaces {@code only}, or in all if it is empty. */
public record ParserNamespaces(Optional<Set<String>> only) {

    /** Whoever may write ConfigMaps there may send anything to any device, so the default is the operator's own alone. */
    public static ParserNamespaces of(OperatorConfig.ParserScripts settings, KubernetesClient client) {
        return settings.namespaces()
                .filter(given -> !given.isEmpty())
                .map(given -> new ParserNamespaces(
                        given.contains(OperatorConfig.ParserScripts.ALL) ? Optional.empty() : Optional.of(given)))
                .orElseGet(() -> new ParserNamespaces(Optional.of(
                        Set.of(Optional.ofNullable(client.getConfiguration().getNamespace())
                                .orElse("default")))));
    }

    boolean admit(ParserOwner owner) {
        return only.map(names -> names.contains(owner.namespace())).orElse(true);
    }

    @Override
    public String toString() {
        return only.map(String::valueOf).orElse("every namespace");
    }
}
