using System.ComponentModel.DataAnnotations;

namespace Platform.Events;

/// <summary>Section <c>Events</c>.</summary>
public sealed class EventOptions
{
    public const string Section = "Events";

    [Range(1, 3650)]
    public int RetentionDays { get; set; } = 90;

    /// <summary>
    /// Hand every event to the topic. By default only those go there that a handler of this application subscribes to; turn it on when others read the topic.
    /// </summary>
    public bool ForwardAll { get; set; }
}
