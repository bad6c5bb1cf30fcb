"""What is sent to the service, and what it does beside answering: uploads, photos, jobs and their queues."""
