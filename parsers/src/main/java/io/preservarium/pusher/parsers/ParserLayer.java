package io.preservarium.pusher.parsers;

/** Where scripts come from, lowest first: a script of a later layer shadows one of the same name below it. */
public enum ParserLayer {
    /** Packaged with the connector. */
    SHIPPED,
    /** {@code PARSER_SCRIPTS_DIR}. */
    DIRECTORY,
    /** The topic that REST and ConfigMaps write to. */
    TOPIC
}
