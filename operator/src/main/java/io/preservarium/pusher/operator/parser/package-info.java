/** A labelled ConfigMap becomes parser scripts. */
@NullMarked
package io.preservarium.pusher.operator.parser;

import org.jspecify.annotations.NullMarked;
