using Anyvisor.Drivers.Conformance;
using Anyvisor.Simulation.Faults;

namespace Anyvisor.Drivers.Zvm.Tests.Conformance;

public sealed class FeilongBed : ZvmBed;

public sealed class FeilongConformance(FeilongBed bed) : DriverConformance<FeilongBed>(bed);

public sealed class SmapiBed : ZvmBed
{
    protected override string Interface => "smapi";

    // It has no register to hand a guest that is off over: relocation of those that run is tested by itself.
    protected override int Hosts => 1;
}

public sealed class SmapiConformance(SmapiBed bed) : DriverConformance<SmapiBed>(bed);

/// <summary>Tokens that end after a moment, and answers that take their time: all of it must work as ever.</summary>
public sealed class FaultyFeilongBed : ZvmBed
{
    protected override FaultPlan Faults => FaultPlan.Parse(["slow=0.2@20ms", "expire-session=700ms"], [FaultPlan.Slow, FaultPlan.ExpireSession]);
}

public sealed class FaultyFeilongConformance(FaultyFeilongBed bed) : DriverConformance<FaultyFeilongBed>(bed);
