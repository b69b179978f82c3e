namespace Platform.Outbound;

/// <summary>The content of a streamed answer that fails with <see cref="OutboundFailure.TooLarge"/> when more than its limit is read.</summary>
internal static class LimitedContent
{
    public static async Task<HttpContent> WrapAsync(HttpContent content, long limit, CancellationToken ct)
    {
        var wrapped = new StreamContent(new LimitedStream(await content.ReadAsStreamAsync(ct), limit));
        foreach (var (name, values) in content.Headers.NonValidated)
            wrapped.Headers.TryAddWithoutValidation(name, values);
        return wrapped;
    }

    private sealed class LimitedStream(Stream inner, long limit) : Stream
    {
        private long _left = limit;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Count(await inner.ReadAsync(buffer, cancellationToken));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }

        private int Count(int read) =>
            (_left -= read) >= 0 ? read : throw new OutboundException(OutboundFailure.TooLarge, "The answer is too large");
    }
}
