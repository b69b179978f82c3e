using System.Data;
using System.Data.Common;

namespace EmbeddedFunctions.Storage;

/// <summary>Adds parameters to a command or to a command of a batch.</summary>
internal interface IParameters
{
    IParameters Add(string name, object? value);
}

internal sealed class CommandParameters(DbCommand command) : IParameters
{
    public IParameters Add(string name, object? value)
    {
        command.Add(name, value);
        return this;
    }
}

/// <summary>Sets the parameters of a command again that is run many times; they come in the same order each time.</summary>
internal sealed class RepeatedParameters(DbCommand command) : IParameters
{
    private int _next;

    public void Restart() => _next = 0;

    public IParameters Add(string name, object? value)
    {
        if (_next == command.Parameters.Count)
            command.Add(name, value);
        else
            command.Parameters[_next].Value = value ?? DBNull.Value;
        _next++;
        return this;
    }
}

internal sealed class BatchParameters(DbBatchCommand command) : IParameters
{
    public IParameters Add(string name, object? value)
    {
        command.Parameters.Add(DbCommandExtensions.Fill(command.CreateParameter(), name, value));
        return this;
    }
}

internal static class DbCommandExtensions
{
    public static DbCommand Add(this DbCommand command, string name, object? value)
    {
        command.Parameters.Add(Fill(command.CreateParameter(), name, value));
        return command;
    }

    // Only texts may be missing in the host's tables; saying so keeps one prepared statement instead of one per combination of nulls.
    public static DbParameter Fill(DbParameter parameter, string name, object? value)
    {
        parameter.ParameterName = name;
        parameter.Value = value ?? DBNull.Value;
        if (value is null)
            parameter.DbType = DbType.String;
        return parameter;
    }
}
