package io.preservarium.pusher.operator.broken;

/** Stands for a service that a connector must not know. */
public class PartOfAService {}
