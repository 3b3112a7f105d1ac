/** Message classes for scripts, like those that protoc makes. */
@NullMarked
package io.preservarium.pusher.parsers.protobuf;

import org.jspecify.annotations.NullMarked;
