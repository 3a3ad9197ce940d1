// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.status.StatusIndication;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** {@link PvcCallManager} as a service: one for each configuration of {@value #PID}. */
@Component(
        service = CallManager.class,
        configurationPid = PvcComponent.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = PvcComponent.Config.class, factory = true)
public final class PvcComponent implements CallManager {
    static final String PID = "dev.condis.callmgr.pvc";

    /** What an operator can say. The names of the attributes are those of the service properties. */
    @ObjectClassDefinition(
            name = "Condis permanent circuits",
            description = "A stand-alone call manager for permanent virtual circuits above any miniport.")
    @interface Config {
        /** Filter over the properties of the miniports. */
        @AttributeDefinition(
                name = "Adapters",
                required = false,
                description = "OSGi filter over the service properties of the miniports to bind to, for example "
                        + "(condis.adapter=eth0).")
        String condis_adapter_target();

        /** Name in logs and tables. */
        @AttributeDefinition(name = "Name", description = "Name in logs and tables.")
        String condis_driver_name() default "pvc";

        /** The circuits. */
        @AttributeDefinition(
                name = "Circuits",
                description =
                        "One entry a circuit: name=flow, then ;rate=N, ;transmit=N, ;receive=N (bytes per second), "
                                + ";sdu=N (bytes), ;sap=e164:DIGITS, ;incoming. "
                                + "Examples: pvc1=atm:0/100  lan=vlan:100;rate=125000;incoming")
        String[] pvcs() default {};

        /** Whether flows that are not configured can be called. */
        @AttributeDefinition(
                name = "Open",
                description = "Clients may call on circuits that are not configured, by naming the flow.")
        boolean open() default false;
    }

    private final PvcCallManager callManager;

    /**
     * Starts with a configuration.
     *
     * @param config the configuration
     */
    @Activate
    public PvcComponent(final Config config) {
        callManager = new PvcCallManager(settings(config));
    }

    @Modified
    void modified(final Config config) {
        callManager.configure(settings(config));
    }

    private static PvcSettings settings(final Config config) {
        return PvcSettings.parse(Arrays.asList(config.pvcs()), config.open());
    }

    @Override
    public NdisStatus bindAdapter(final CmBinding binding) {
        return callManager.bindAdapter(binding);
    }

    @Override
    public CompletionStage<NdisStatus> unbindAdapter(final CmBinding binding) {
        return callManager.unbindAdapter(binding);
    }

    @Override
    public void status(final CmBinding binding, final StatusIndication indication) {
        callManager.status(binding, indication);
    }
}
