using EmbeddedFunctions.Worker.Extensions.Abstractions;

namespace EmbeddedFunctions.Worker;

/// <summary>Runs the function as an activity of orchestrations, at least once per call.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ActivityTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>The activity's name; the function's name when null.</summary>
    public string? Activity { get; set; }
}
