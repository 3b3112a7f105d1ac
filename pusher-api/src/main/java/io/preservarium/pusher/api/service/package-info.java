/** The service about itself. */
@NullMarked
package io.preservarium.pusher.api.service;

import org.jspecify.annotations.NullMarked;
