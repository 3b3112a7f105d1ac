package io.preservarium.pusher.coap.endpoint;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.eclipse.californium.core.network.KeyMID;

/** What a datagram is known by: half a SHA-256 over peer and content. */
record DatagramDigest(long high, long low) {

    static DatagramDigest request(Object peer, byte[] datagram) {
        return of(peer, datagram);
    }

    /** A response to a request of ours has only its message id to be known by. */
    static DatagramDigest response(KeyMID key) {
        return of(key.getPeer(), new byte[] {(byte) (key.getMID() >> 8), (byte) key.getMID()});
    }

    private static DatagramDigest of(Object peer, byte[] rest) {
        byte[] name;
        if (peer instanceof InetSocketAddress address) {
            byte[] host = address.getAddress().getAddress();
            name = ByteBuffer.allocate(host.length + Integer.BYTES)
                    .put(host)
                    .putInt(address.getPort())
                    .array();
        } else {
            name = peer.toString().getBytes(StandardCharsets.UTF_8);
        }
        ByteBuffer digest = ByteBuffer.wrap(sha256(name, rest));
        return new DatagramDigest(digest.getLong(), digest.getLong());
    }

    private static byte[] sha256(byte[] name, byte[] rest) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((byte) name.length);
            digest.update(name);
            return digest.digest(rest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
