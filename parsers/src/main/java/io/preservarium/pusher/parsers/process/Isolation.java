package io.preservarium.pusher.parsers.process;

import io.preservarium.pusher.parsers.script.TrustDomain;

/** Which scripts run in processes of their own: {@code PARSER_ISOLATION}. */
public enum Isolation {
    /** Those that do not come with the installation: all but shipped ones and those of the folder. */
    AUTO,
    /** None. */
    IN_PROCESS,
    /** All. */
    PROCESS;

    boolean ownProcess(TrustDomain domain) {
        return switch (this) {
            case AUTO -> !domain.equals(TrustDomain.SHIPPED) && !domain.equals(TrustDomain.DIRECTORY);
            case IN_PROCESS -> false;
            case PROCESS -> true;
        };
    }
}
