using System.Collections.Immutable;
using Anyvisor.Model;

namespace Anyvisor.Core.Tasks;

/// <summary>What a running step may tell about itself.</summary>
public sealed class StepContext
{
    private readonly TaskRun _run;

    internal StepContext(TaskRun run, int step)
    {
        _run = run;
        Progress = new StepProgress(run, step);
    }

    /// <summary>0 to 1. Cheap to call often.</summary>
    public IProgress<double> Progress { get; }

    /// <summary>A bulk task's items as they stand.</summary>
    public ImmutableArray<TaskItem> Items => _run.Current.Items;

    /// <summary>Adds a line to the task's log.</summary>
    public void Log(string text) => _run.AddLog(text);

    /// <summary>Writes down what became of an item of a bulk task; durable when it returns.</summary>
    public Task SetItemAsync(int ordinal, TaskItem item, CancellationToken cancellationToken) =>
        _run.CommitAsync((TaskInfo info) => info with { Items = info.Items.SetItem(ordinal, item) }, cancellationToken);

    private sealed class StepProgress(TaskRun run, int step) : IProgress<double>
    {
        public void Report(double value) => run.ReportProgress(step, value);
    }
}
