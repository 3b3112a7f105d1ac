package io.preservarium.pusher.api.http;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** Jackson makes the naming strategy of every answer by its name, which a native image must know of. */
@RegisterForReflection(classNames = "com.fasterxml.jackson.databind.PropertyNamingStrategies$SnakeCaseStrategy")
final class ReflectiveNames {

    private ReflectiveNames() {}
}
