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

internal sealed class BatchParameters(DbBatchCommand command) : IParameters
{
    public IParameters Add(string name, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value ?? DBNull.Value;
        command.Parameters.Add(parameter);
        return this;
    }
}

internal static class DbCommandExtensions
{
    public static DbCommand Add(this DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value ?? DBNull.Value;
        command.Parameters.Add(parameter);
        return command;
    }
}
