using Xunit;

// All tests share one hypervisor, and some take stock of all that it has.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
