package io.preservarium.pusher.parsers.script;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whose scripts may share a Python context: those that the same people bring. Scripts of two domains never do, nor globals or
 * modules.
 *
 * @param name {@code shipped}, {@code directory}, or {@code owner:} with the owner, of a ConfigMap without its name
 */
public record TrustDomain(String name) {

    /** Packaged with the connector. */
    public static final TrustDomain SHIPPED = new TrustDomain("shipped");

    /** From {@code PARSER_SCRIPTS_DIR}. */
    public static final TrustDomain DIRECTORY = new TrustDomain("directory");

    private static final Pattern CONFIG_MAP = Pattern.compile("(configmap:[^/]+)/.*");

    /** Of the owner that a record of the script topic names: who may write to a namespace may change all its ConfigMaps. */
    public static TrustDomain ofOwner(String owner) {
        Matcher configMap = CONFIG_MAP.matcher(owner);
        return new TrustDomain("owner:" + (configMap.matches() ? configMap.group(1) : owner));
    }

    @Override
    public String toString() {
        return name;
    }
}
