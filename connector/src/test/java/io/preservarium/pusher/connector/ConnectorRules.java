package io.preservarium.pusher.connector;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;

/** What holds for every connector and all that it is made of; a protocol adds where its own library may be known. */
public final class ConnectorRules {

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.preservarium.pusher.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule enginesStayWithTheParsers = noClasses()
            .that()
            .resideOutsideOfPackage("io.preservarium.pusher.parsers..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.graalvm..", "com.oracle.truffle..");

    @ArchTest
    static final ArchRule jsonIsReadAndWrittenInThePackageWire = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.preservarium.pusher.connector..",
                    "io.preservarium.pusher.coap..",
                    "io.preservarium.pusher.mqtt..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.fasterxml..");

    @ArchTest
    static final ArchRule connectorsKnowKafkaByDeliveryAlone = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.preservarium.pusher.connector..",
                    "io.preservarium.pusher.coap..",
                    "io.preservarium.pusher.mqtt..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..");

    @ArchTest
    static final ArchRule dependenciesPointOneWay = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.preservarium.pusher.command..",
                    "io.preservarium.pusher.journal..",
                    "io.preservarium.pusher.parsers..",
                    "io.preservarium.pusher.catalog..",
                    "io.preservarium.pusher.delivery..",
                    "io.preservarium.pusher.connector..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.preservarium.pusher.coap..",
                    "io.preservarium.pusher.mqtt..",
                    "io.preservarium.pusher.api..",
                    "io.preservarium.pusher.operator..",
                    "io.preservarium.pusher.standalone..");

    @ArchTest
    static final ArchRule timeComesFromOutside = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.preservarium.pusher.connector..",
                    "io.preservarium.pusher.coap..",
                    "io.preservarium.pusher.mqtt..")
            .should()
            .callMethod(Instant.class, "now");

    @ArchTest
    static final ArchRule theClockIsWiredOnce = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.preservarium.pusher.connector..",
                    "io.preservarium.pusher.coap..",
                    "io.preservarium.pusher.mqtt..")
            .and()
            .doNotHaveSimpleName("ConnectorWiring")
            .should()
            .callMethod(Clock.class, "systemUTC");

    @ArchTest
    static final ArchRule nothingIsInjectedIntoFields = noFields().should().beAnnotatedWith("jakarta.inject.Inject");

    @ArchTest
    static final ArchRule whatServicesAskOfEachOtherNeedsTheToken = classes()
            .that()
            .areAnnotatedWith("jakarta.ws.rs.Path")
            .should()
            .beAnnotatedWith("io.quarkus.security.Authenticated")
            .andShould()
            .resideInAPackage("io.preservarium.pusher.connector.internal");

    private ConnectorRules() {}
}
