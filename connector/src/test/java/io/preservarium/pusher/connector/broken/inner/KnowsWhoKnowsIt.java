package io.preservarium.pusher.connector.broken.inner;

import io.preservarium.pusher.connector.broken.BreaksEveryRule;

/** The other half of a cycle. */
public class KnowsWhoKnowsIt {
    BreaksEveryRule cycle;
}
