package io.preservarium.pusher.coap;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.preservarium.pusher.connector.ConnectorRules;
import io.preservarium.pusher.connector.WhatShips;

@AnalyzeClasses(packages = "io.preservarium.pusher", importOptions = WhatShips.class)
class CoapArchitectureTest {

    @ArchTest
    static final ArchTests ofEveryConnector = ArchTests.in(ConnectorRules.class);

    @ArchTest
    static final ArchRule theProtocolsLibraryStaysHere = noClasses()
            .that()
            .resideOutsideOfPackage("io.preservarium.pusher.coap..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.eclipse.californium..");

    @ArchTest
    static final ArchRule noOtherProtocolAndNoOtherServiceIsKnown = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "com.hivemq..",
                    "io.preservarium.pusher.mqtt..",
                    "io.preservarium.pusher.api..",
                    "io.preservarium.pusher.operator..",
                    "io.preservarium.pusher.standalone..");
}
