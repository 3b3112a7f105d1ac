package io.preservarium.pusher.connector;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.preservarium.pusher", importOptions = WhatShips.class)
class ConnectorArchitectureTest {

    @ArchTest
    static final ArchTests ofEveryConnector = ArchTests.in(ConnectorRules.class);

    @ArchTest
    static final ArchRule noProtocolIsKnownHere =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("org.eclipse.californium..", "com.hivemq..");
}
