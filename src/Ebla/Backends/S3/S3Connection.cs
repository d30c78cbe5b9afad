using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.S3;
using Ebla.Backends.Http;
using Ebla.Backends.Locations;

namespace Ebla.Backends.S3;

/// <summary>Makes the client when it is needed, once. Its connections are as many as there are calls at once.</summary>
internal sealed class S3Connection : IDisposable
{
    // What SocketsHttpHandler and the SDK copy at once between a body and the line.
    private const int BufferSizeInBytes = 128 * 1024;

    // A connection that idles longer may have been dropped by what lies between; RGW closes its own after 65 s.
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(50);

    private readonly S3Options _options;
    private readonly BackendSettings _settings;
    private readonly Lock _lock = new();
    private readonly HttpClient _http;
    private Task<AmazonS3Client>? _client;

    public S3Connection(S3Options options, BackendSettings settings)
    {
        _options = options;
        _settings = settings;
        _http = CreateHttpClient();
    }

    /// <summary>The client. A failure to make it is not kept: the next call tries again.</summary>
    public Task<AmazonS3Client> GetAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // Made without the caller's token, since others wait for it too.
            if (_client is null || _client.IsFaulted || _client.IsCanceled)
            {
                _client = Task.Run(CreateAsync, CancellationToken.None);
            }
            return _client.WaitAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_client is { IsCompletedSuccessfully: true })
            {
                _client.Result.Dispose();
            }
            _http.Dispose();
        }
    }

    private async Task<AmazonS3Client> CreateAsync()
    {
        string profileName = _options.Profile ?? Environment.GetEnvironmentVariable("AWS_PROFILE") ?? "default";
        new CredentialProfileStoreChain().TryGetProfile(profileName, out CredentialProfile? profile);
        AWSCredentials credentials = await S3Credentials.FindAsync(_options, _settings, profile, CancellationToken.None)
            .ConfigureAwait(false);
        string region = _options.Region ?? profile?.Region?.SystemName ?? "us-east-1";
        AmazonS3Config config = new()
        {
            AuthenticationRegion = region,
            ForcePathStyle = _options.IsPathStyle,
            MaxErrorRetry = 0,
            // Only what a request demands: RGW and Swift refuse or ignore the checksums that the SDK would add. We send an MD5.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            BufferSize = BufferSizeInBytes,
            // Stalls are watched by each request.
            Timeout = Timeout.InfiniteTimeSpan,
            HttpClientFactory = new OneClient(_http),
            UseHttp = _options.Endpoint?.Scheme == "http",
            DisableLogging = true,
        };
        if (_options.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.GetLeftPart(UriPartial.Authority);
        }
        else
        {
            config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(region);
        }
        return new AmazonS3Client(credentials, config);
    }

    private HttpClient CreateHttpClient()
    {
        SocketsHttpHandler handler = new()
        {
            PooledConnectionIdleTimeout = IdleTime,
            ConnectTimeout = _settings.Line.Limits.StallTime,
            AllowAutoRedirect = false,
            SslOptions = HttpTrust.OptionsFor(_options.Endpoint?.Authority ?? "AWS", _options.Authorities, S3Options.AuthoritiesOption),
        };
        return new HttpClient(new ExpectingHandler(handler)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    // The SDK asks for a client for each request, unless it keeps them itself, for longer than we want. It must always be the same.
    private sealed class OneClient(HttpClient client) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => client;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }

    // The SDK has every put wait for the server's consent before it sends the body. A round trip is well spent where it saves sending
    // a pack in vain and losing the answer that says why; not for small objects.
    private sealed class ExpectingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private const long SmallSizeInBytesMax = 1 << 20;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Content?.Headers.ContentLength is null or <= SmallSizeInBytesMax)
            {
                request.Headers.ExpectContinue = false;
            }
            return base.SendAsync(request, cancellationToken);
        }
    }
}
