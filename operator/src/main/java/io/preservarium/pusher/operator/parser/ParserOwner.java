package io.preservarium.pusher.operator.parser;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A ConfigMap as the owner of parser scripts; on the script topic {@code configmap:<namespace>/<name>}. */
record ParserOwner(String namespace, String name) {

    private static final Pattern WORD = Pattern.compile("configmap:([^/]+)/([^/]+)");

    static ParserOwner of(HasMetadata configMap) {
        return new ParserOwner(
                configMap.getMetadata().getNamespace(), configMap.getMetadata().getName());
    }

    /** Empty for every other kind of owner. */
    static Optional<ParserOwner> ofWord(String word) {
        Matcher matcher = WORD.matcher(word);
        return matcher.matches() ? Optional.of(new ParserOwner(matcher.group(1), matcher.group(2))) : Optional.empty();
    }

    String word() {
        return "configmap:" + namespace + "/" + name;
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
