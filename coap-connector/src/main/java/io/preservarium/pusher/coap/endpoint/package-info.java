/** The UDP endpoint: its settings, the datagrams that come and leave, the answers it keeps, what it logs and counts. */
@NullMarked
package io.preservarium.pusher.coap.endpoint;

import org.jspecify.annotations.NullMarked;
