using Anyvisor.Cli;

return await App.RunAsync(args, ProcessSurroundings.Create());
