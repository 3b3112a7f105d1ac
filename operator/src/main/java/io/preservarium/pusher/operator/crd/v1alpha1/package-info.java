/** The custom resources as Java, one class per object of the schema in {@code k8s/crds}; the only place with Jackson annotations. */
@NullMarked
package io.preservarium.pusher.operator.crd.v1alpha1;

import org.jspecify.annotations.NullMarked;
