using Anyvisor.Driver;

namespace Anyvisor.Drivers.PowerVm.Wire;

internal sealed record HmcCredentials(string User, Secret Password);
