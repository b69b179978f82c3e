using EmbeddedFunctions.DurableTask;
using Microsoft.Extensions.DependencyInjection;

namespace EmbeddedFunctions.TestKit;

/// <summary>What a <see cref="OrchestrationTestHost"/> runs.</summary>
public sealed class OrchestrationTestHostOptions
{
    /// <summary>What function classes get by their constructors. The host adds its clock as <see cref="TimeProvider"/>.</summary>
    public IServiceCollection Services { get; } = new ServiceCollection().AddLogging();

    /// <summary>The time at which the clock stands first.</summary>
    public DateTimeOffset StartTime { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal List<Type> FunctionTypes { get; } = [];

    internal List<Action<TestFunctions>> Delegates { get; } = [];

    /// <summary>Adds the orchestrators and activities of function classes.</summary>
    public OrchestrationTestHostOptions Functions(params Type[] classes)
    {
        FunctionTypes.AddRange(classes);
        return this;
    }

    /// <summary>Adds an orchestrator; it wins over a function of that name.</summary>
    public OrchestrationTestHostOptions Orchestrator<TOutput>(string name, Func<TaskOrchestrationContext, Task<TOutput>> code)
    {
        Delegates.Add(functions => functions.Orchestrator(name, async context => await code(context)));
        return this;
    }

    /// <summary>Adds an orchestrator without a result.</summary>
    public OrchestrationTestHostOptions Orchestrator(string name, Func<TaskOrchestrationContext, Task> code)
    {
        Delegates.Add(functions => functions.Orchestrator(name, async context =>
        {
            await code(context);
            return null;
        }));
        return this;
    }

    /// <summary>Adds an activity, which runs on any thread, or puts it in the place of a function of that name.</summary>
    public OrchestrationTestHostOptions Activity<TInput, TOutput>(string name, Func<TInput, TOutput> body)
    {
        Delegates.Add(functions => functions.Activity<TInput>(name, input => Task.FromResult<object?>(body(input))));
        return this;
    }
}
