using Anyvisor.Simulate;

return await SimulateProcess.RunAsync(args, InstalledSimulators.All(), Console.Out, Console.Error, CancellationToken.None);
