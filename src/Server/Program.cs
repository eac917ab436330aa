using Anyvisor.Server.Startup;

return await ServerProcess.RunAsync(args, Environment.GetEnvironmentVariable, Console.Out, Console.Error);
