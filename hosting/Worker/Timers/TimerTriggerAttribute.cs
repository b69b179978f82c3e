using EmbeddedFunctions.Worker.Extensions.Abstractions;

namespace EmbeddedFunctions.Worker;

/// <summary>Runs the function on a schedule, once per tick over all nodes.</summary>
/// <param name="schedule">A six-field NCRONTAB expression in UTC (seconds first), a TimeSpan, or <c>%Setting%</c>.</param>
public sealed class TimerTriggerAttribute(string schedule) : TriggerBindingAttribute
{
    /// <summary>The schedule as written.</summary>
    public string Schedule { get; } = schedule;

    /// <summary>Run once when the host starts as well.</summary>
    public bool RunOnStartup { get; set; }

    /// <summary>Remember the schedule's status in the host store, so that a tick that passed while no node ran is made up for once.</summary>
    public bool UseMonitor { get; set; } = true;
}
