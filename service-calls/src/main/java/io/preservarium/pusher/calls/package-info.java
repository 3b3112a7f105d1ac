/** What the services of an installation ask each other over HTTP: one interface per service and caller, and one way to ask. */
@NullMarked
package io.preservarium.pusher.calls;

import org.jspecify.annotations.NullMarked;
