package io.preservarium.pusher.mqtt;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;

@AnalyzeClasses(packages = "io.preservarium.pusher", importOptions = ImportOption.DoNotIncludeTests.class)
class MqttArchitectureTest {

    @ArchTest
    static final ArchRule theClientStaysHere = noClasses()
            .that()
            .resideOutsideOfPackage("io.preservarium.pusher.mqtt")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.hivemq..");

    @ArchTest
    static final ArchRule othersTradesStayThere = noClasses()
            .that()
            .resideInAPackage("io.preservarium.pusher.mqtt")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "com.fasterxml..",
                    "org.graalvm..",
                    "org.apache.kafka..",
                    "org.eclipse.californium..",
                    "io.preservarium.pusher.coap..",
                    "io.preservarium.pusher.api..",
                    "io.preservarium.pusher.operator..");

    @ArchTest
    static final ArchRule timeComesFromOutside = noClasses()
            .that()
            .resideInAPackage("io.preservarium.pusher.mqtt")
            .should()
            .callMethod(Instant.class, "now");

    @ArchTest
    static final ArchRule theClockIsWiredOnce = noClasses()
            .that()
            .resideInAPackage("io.preservarium.pusher.mqtt")
            .and()
            .doNotHaveSimpleName("MqttWiring")
            .should()
            .callMethod(Clock.class, "systemUTC");

    @ArchTest
    static final ArchRule nothingIsInjectedIntoFields = noFields()
            .that()
            .areDeclaredInClassesThat()
            .resideInAPackage("io.preservarium.pusher.mqtt")
            .should()
            .beAnnotatedWith("jakarta.inject.Inject");
}
