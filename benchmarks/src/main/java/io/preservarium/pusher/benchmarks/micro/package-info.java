/** Single steps of a command's path, measured by JMH. */
@NullMarked
package io.preservarium.pusher.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
