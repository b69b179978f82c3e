using Platform.Events;

namespace Platform.Tests.Events;

/// <summary>An event of the tests; not part of the product's catalogue.</summary>
public sealed record SampleEvent(string Name, int? Amount, string Aggregate = "sample-1") : DomainEvent
{
    public override string EventType => "sample_event";

    public override string Topic => "sample_events";

    public override string? AggregateId => Aggregate;
}
