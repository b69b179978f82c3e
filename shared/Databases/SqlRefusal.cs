namespace Platform.Databases;

/// <summary>A refusal on the way through an engine's code; the message is for the statement's author and may quote him.</summary>
internal sealed class SqlRefusal(Error error) : Exception(error.Message)
{
    public Error Error { get; } = error;

    public static SqlRefusal Of(string codeWord, string message, string state) => new(ErrorOf(codeWord, message, new SqlProblem(state)));

    public static Error ErrorOf(string codeWord, string message, SqlProblem problem) => Error.Invalid($"database.{codeWord}", message) with { Details = [problem] };
}
