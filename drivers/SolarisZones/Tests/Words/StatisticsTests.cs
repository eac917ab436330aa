using Anyvisor.Drivers.SolarisZones.Wire;
using Xunit;

namespace Anyvisor.Drivers.SolarisZones.Tests.Words;

public sealed class StatisticsTests
{
    [Fact]
    public void Zones_are_told_by_their_number_and_what_is_no_number_is_unknown()
    {
        const string Zones = "0:global:running:/::solaris:shared\n7:a-zone-with-a-name-that-prstat-cuts-off:running:/z/a:u:native:excl\n9:b:running:/z/b:u:native:excl\n";
        const string Said = """
               PID USERNAME  SIZE   RSS STATE   PRI NICE      TIME  CPU PROCESS/NLWP
              2063 root     1116M  815M sleep   59    0   3:12:01 1.2% java/90
            ZONEID    NPROC  SWAP   RSS MEMORY      TIME  CPU ZONE
                 0       76  388M  237M   5.8%   0:18:23 0.5% global
                 7       90 1.5G 5792K    24%   3:20:11 12.5% a-zone-with-a-name-that-
                 9       12  100M     -   0.1%   0:00:01    - b
                11        2  100M  100M   0.1%   0:00:01 0.1% gone
            Total: 178 processes, 702 lwps, load averages: 0.26, 0.25, 0.24
            """;
        Assert.Equal(
            [new ZoneUse("global", 237 << 20, 0.005), new ZoneUse("a-zone-with-a-name-that-prstat-cuts-off", 5792 << 10, 0.125), new ZoneUse("b", null, null)],
            ZoneStatistics.Parse(Zones, Said));
    }
}
