/** What was measured, as the terminal, the Markdown page and the JSON file show it. */
@NullMarked
package io.preservarium.pusher.benchmarks.report;

import org.jspecify.annotations.NullMarked;
