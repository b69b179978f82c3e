namespace Platform.Events.Aggregation;

/// <summary>
/// Ends the compilation or the run of a pipeline with a refusal. An exception, since it comes out of a deep recursion; it never leaves <see cref="EventAggregation"/>.
/// </summary>
internal sealed class PipelineRefusedException(string message, int? stage = null) : Exception(message)
{
    public Error ToError() => Error.Invalid(new Problem(stage is { } index ? ["body", "pipeline", $"{index}"] : ["body", "pipeline"], Message, "value_error"));
}
