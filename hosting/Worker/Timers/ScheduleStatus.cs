namespace EmbeddedFunctions.Worker;

/// <summary>The state of a timer's schedule; all times are UTC.</summary>
public class ScheduleStatus
{
    /// <summary>The tick that ran last; the default value before the first.</summary>
    public DateTime Last { get; set; }

    /// <summary>The next tick.</summary>
    public DateTime Next { get; set; }

    /// <summary>When this status was written.</summary>
    public DateTime LastUpdated { get; set; }
}
