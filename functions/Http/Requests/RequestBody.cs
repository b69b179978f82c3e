using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Http;

/// <summary>The bytes of a request body, read once into a pooled buffer and refused as soon as they exceed the limit.</summary>
internal sealed class RequestBody(HttpRequest request, long limit)
{
    private byte[] _buffer = [];
    private int _length = -1;

    /// <summary>The whole body, or null when it is longer than the limit. The memory is valid until the request ends.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken ct)
    {
        if (_length >= 0)
            return _buffer.AsMemory(0, _length);
        if (request.ContentLength > limit)
            return null;

        var length = 0;
        _buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(limit + 1, Math.Max(request.ContentLength ?? 0, 1024) + 1));
        while (await request.Body.ReadAsync(_buffer.AsMemory(length), ct) is > 0 and var count)
        {
            length += count;
            if (length > limit)
                return null;
            if (length == _buffer.Length)
                Grow(length);
        }
        _length = length;
        return _buffer.AsMemory(0, length);
    }

    public void Release()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = -1;
    }

    private void Grow(int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(limit + 1, length * 2L));
        _buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
