using System.Data.Common;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Platform.Functions.Http;

/// <summary>What the caller is told of an exception: nothing of its text.</summary>
internal static class Faults
{
    private static readonly Error Fault = new(ErrorKind.Failed, RequestErrors.FaultCode, "Internal server error");
    private static readonly Error Stale = Error.Conflict("entity.stale_write", "The object was changed by somebody else in the meantime");
    private static readonly Error Down = new(ErrorKind.Unavailable, "database.unavailable", "Service temporarily unavailable") { RetryAfter = TimeSpan.FromSeconds(2) };

    public static Error ToError(Exception fault) => fault switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => RequestErrors.TooLarge,
        BadHttpRequestException => RequestErrors.InvalidJson("Malformed request"),
        DbUpdateConcurrencyException => Stale,
        _ when IsOutage(fault) => Down,
        _ => Fault,
    };

    private static bool IsOutage(Exception fault)
    {
        for (Exception? inner = fault; inner is not null; inner = inner.InnerException)
        {
            if (inner is DbException { IsTransient: true } or SocketException)
                return true;
        }
        return false;
    }
}
