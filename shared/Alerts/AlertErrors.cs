namespace Platform.Alerts;

/// <summary>Refusals about alerts.</summary>
public static class AlertErrors
{
    public static readonly Error NotFound = Error.NotFound("alert.not_found", "Alert not found");
    public static readonly Error ProjectNotFound = Error.NotFound("project.not_found", "Project not found");
    public static readonly Error NameTaken = Error.Conflict("alert.name_taken", "Another alert of the project has this name");
    public static readonly Error Stale = Error.Conflict("alert.conflict", "The alert was changed by somebody else in the meantime");
    public static readonly Error BadMute = Error.Invalid(Problem.Body("until", "A mute should end in the future, within a year", "value_error"));
    public static readonly Error Late = Error.Invalid("alert.evaluation_timeout", "The evaluation takes too long");
    public static readonly Error PatternLate = Error.Invalid("alert.pattern_timeout", "A regular expression takes too long");

    /// <summary>Notification providers belong to a family that is not served yet, so an organization has none.</summary>
    public static readonly Error ChannelNotFound = Error.Invalid(Problem.Body("channels", "The organization has no notification provider with this id", "value_error"));

    public static Error TooMany(int maximum) => Error.Conflict("alert.too_many_alerts", $"A project can have at most {maximum} alerts");

    public static Error InvalidExpression(ConditionProblem problem) => Error.Invalid("alert.invalid_expression", $"The expression is not valid at position {problem.Position}: {problem.Message}") with
    {
        Details = [problem],
    };
}
