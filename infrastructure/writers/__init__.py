"""Writers: adapters of the port that proposes content. The muse is offline; the model asks a provider."""
