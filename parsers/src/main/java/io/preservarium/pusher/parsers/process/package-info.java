/** Scripts in processes of their own, which can be killed. */
@NullMarked
package io.preservarium.pusher.parsers.process;

import org.jspecify.annotations.NullMarked;
