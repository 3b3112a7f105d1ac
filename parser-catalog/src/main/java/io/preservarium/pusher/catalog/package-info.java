/** Which version of each parser script is live: layers over each other, where they come from, and who is told. */
@NullMarked
package io.preservarium.pusher.catalog;

import org.jspecify.annotations.NullMarked;
