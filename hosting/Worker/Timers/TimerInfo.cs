namespace EmbeddedFunctions.Worker;

/// <summary>What a timer function is told about its run.</summary>
public class TimerInfo
{
    /// <summary>The schedule's status before this run; null when the schedule is not monitored.</summary>
    public ScheduleStatus? ScheduleStatus { get; set; }

    /// <summary>The run comes late: its tick passed while no node could run it.</summary>
    public bool IsPastDue { get; set; }
}
