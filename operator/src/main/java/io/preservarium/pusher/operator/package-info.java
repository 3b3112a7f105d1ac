/** The Kubernetes operator as a service: its parts put together, its readiness, and which replica works. */
@NullMarked
package io.preservarium.pusher.operator;

import org.jspecify.annotations.NullMarked;
