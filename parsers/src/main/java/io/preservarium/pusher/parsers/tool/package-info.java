/** What authors of scripts have on their own machine and in the build of a repository of scripts. */
@NullMarked
package io.preservarium.pusher.parsers.tool;

import org.jspecify.annotations.NullMarked;
